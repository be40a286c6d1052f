"""The contract with platforms: JSON Schema of submissions and answers, OpenAPI, all made from the dictionary."""
