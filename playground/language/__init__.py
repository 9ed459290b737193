"""Language models: sampling, generation, scoring, beam search, translation, embeddings. No gradio."""
