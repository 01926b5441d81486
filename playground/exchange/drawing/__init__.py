"""What pictures of a run have in common, on the screen and in a report: colours, scales, fields."""
