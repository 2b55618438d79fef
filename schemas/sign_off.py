"""What an approver agrees to when signing a return off: released under an id, never edited."""

STATEMENTS = {
    "2026.1": "I have looked at the figures of this return and at what was asked about them. To "
    "the best of my knowledge they are right and complete, and I agree that the region uses them.",
}
"""The words of every statement that was released, by id."""
STATEMENT = "2026.1"
"""The id of the one that is agreed to now."""
