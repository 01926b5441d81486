"""Tables that become points of one's own, seen before they are taken."""
