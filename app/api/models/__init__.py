"""What /v1 answers, as Pydantic models: they document the JSON, which handlers return as ready bytes."""
