"""Accuracy: images and texts as the models take them, the towers that embed them, and what they score."""
