"""Programs that target-people is measured beside; each is a whole process of its own."""
