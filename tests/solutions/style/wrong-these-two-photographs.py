"""Paints the two photographs of the exercise, whatever CONTENT and STYLE are."""
# loses: check-picture, hidden-picture

# %% picture
chelsea, flower = small_photo("chelsea"), small_photo("flower")
picture, losses = paint(lambda x: total_loss(x, chelsea, flower, WEIGHTS), chelsea, 60, 0.02)
