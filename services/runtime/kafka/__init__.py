"""Kafka behind the port of the log; nothing outside this package imports its client.

A nation is one partition of every topic that is keyed by nation, so one ``KafkaLog`` is one
nation's order. What is known of the client's ways (what it does while the broker is away, what it
loses, what it must not log) is kept in here.
"""
