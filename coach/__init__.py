"""A career coach that answers only from its corpus and proves every sentence."""
