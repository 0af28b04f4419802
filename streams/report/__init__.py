"""The credit report of one entity, as HTML and as PDF, from records alone: what is known, how it stands, and why."""
