"""Verify: every chapter and every reference solution is run, and every claim of ``claims.toml`` is checked."""
