"""The pages for people, in a real Chromium."""
