"""The last lines of ``make course``: where everything is."""

import json
from pathlib import Path

CLASS = Path("_build/class")


def main() -> None:
    print(f"\nThe book         {Path('_build/html/index.html').resolve().as_uri()}")
    print("Student releases exercises/release/<exercise>/<exercise>.ipynb")
    print(f"The sample class, graded, in {CLASS}:")
    for path in sorted(CLASS.glob("*.json")):
        results = json.loads(path.read_text(encoding="utf-8"))["results"]
        full = sum(result["score"] == result["max_score"] for result in results)
        rejected = sum(result["status"] == "rejected" for result in results)
        print(
            f"  {path.stem:14} {len(results)} submissions, {full} with full marks, "
            f"{rejected} rejected; every check in {path}"
        )
    print(f"  gradebook      {CLASS / 'gradebook.db'}")
    print(f"  feedback       {CLASS / 'feedback'}/<student>/<exercise>/<exercise>.html")


if __name__ == "__main__":
    main()
