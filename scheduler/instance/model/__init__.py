"""The typed models of what a planner writes in instance.yaml and its tables."""
