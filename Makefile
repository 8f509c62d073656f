# The commands of this house. `make` alone lists them. Everything that is more than one line is in
# tests/*.sh, so that any make (also GNU make 3.81) and any POSIX sh will do.

# Arguments for the program: make demo ARGS='-m qwen3-max'
ARGS =

help: ## this list
	@awk -F ':.*## ' '/^[a-z][a-z-]*:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' Makefile

demo: ## build what is needed and open lian on its embedded simulator (ARGS='...' are passed on)
	@sh tests/setup.sh demo $(ARGS)

test: ## everything that continuous integration checks, with a summary at the end
	@sh tests/all.sh

fmt: ## format the sources
	@sh tests/setup.sh cargo fmt

bench: ## measure the real binary in a terminal against the simulator
	@sh tests/setup.sh cargo bench --locked --bench terminal $(ARGS)

install: ## build with optimizations and install into cargo's folder
	@LIAN_COMMIT=$$(git rev-parse --short=12 HEAD 2>/dev/null) sh tests/setup.sh cargo install --locked --path . $(ARGS)

.PHONY: help demo test fmt bench install
