"""The linear relaxation by column generation: master, pricing, subgradient start and cuts."""
