"""Makes the vectors of Docs/FORMAT.md again, independently of the Swift code. Run through Scripts/vectors."""
