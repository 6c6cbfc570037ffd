//! A scripted language model server on loopback (OpenAI-compatible and Anthropic dialects).
