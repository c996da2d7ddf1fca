"""The API as tools for assistants, by the Model Context Protocol: at `/mcp`, and over stdio in `shanhai mcp`.

Each tool is a request of `/v1`, and what the API answers or refuses is the result, in its words. The tools' schemas are
taken from the API's own OpenAPI document. `endpoint` alone is imported by a server that nobody has sent a message.
"""
