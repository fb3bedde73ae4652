"""Feedback: what a student reads after grading."""

from autograder.feedback.page import STATUS_WORDS, feedback_page

__all__ = ["STATUS_WORDS", "feedback_page"]
