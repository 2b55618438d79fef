"""Channels: one module for each way of reaching people, all behind one small port."""
