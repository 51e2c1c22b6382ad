"""The shapes of all answers under /api, as /api/openapi.json tells them; tests hold the answers to them.

Times are ISO 8601 in UTC. Money is told twice: in dollars for people, in whole nano-dollars for machines.
"""
