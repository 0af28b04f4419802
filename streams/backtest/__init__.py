"""Replaying history at full speed, without a broker, to see what a catalogue would have told.

Firms are independent of each other but for what lies in the data itself: how far sources have come, what is usual in a
cohort. So the history is cut into *shards* of whole firms, and each firm is walked through on its own, in the order of
the log and with the timers firing in between as they would have in the stream. What is told is therefore the same, by
alert id, as what the streaming engine tells of the same records in one partition; only nothing is encoded or stored
that nobody reads.
"""
