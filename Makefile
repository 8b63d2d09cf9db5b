.DEFAULT_GOAL := help
RUN := @scripts/run.sh

.PHONY: help demo test gates soak bench bootstrap unit units integration faults molecule rulebook sanity lint planted mutate docs licences audit build importer lock clean

help: ## shows this
	@sed -n 's/^\([a-z]*\): ## /\1\t/p' Makefile | expand -t 14
	@echo 'LANE=2.16, 2.19 or 2.21 keeps one lane: LANE=2.21 make integration'

demo: ## runs the rollout of the README against the sandbox, from nothing
	@scripts/demo.sh

test: ## all tests: ansible-test units and integration on three lanes, faults, Molecule, ansible-rulebook, benchmarks in small
	$(RUN) test

gates: ## all checks: sanity, linters, types, documentation, tarball, Galaxy's importer
	$(RUN) gates

soak: ## all faults, kills and hostile inputs: thousands of worlds, half an hour
	@scripts/soak.sh

bench: ## benchmarks against the sandbox, half an hour; QUICK=1 make bench takes some minutes
	@scripts/bench.sh

bootstrap: ## makes every environment
	@scripts/bootstrap.sh

unit: ## the unit tests with plain pytest
	$(RUN) unit

units: ## ansible-test units
	$(RUN) units

integration: ## ansible-test integration
	$(RUN) integration

faults: ## a part of the tests of faults and secrets
	$(RUN) faults

molecule: ## the roles with Molecule
	$(RUN) molecule

rulebook: ## the rulebook and the event sources with ansible-rulebook; needs Java 17
	$(RUN) rulebook

sanity: ## ansible-test sanity
	$(RUN) sanity

lint: ## ruff, mypy, ansible-lint, shellcheck, changelog, documentation, machine paths
	$(RUN) lint

planted: ## plants defects in a copy, and fails if the tests do not catch them
	$(RUN) planted

mutate: ## changes small things of the planners, and counts what the unit tests notice; takes long
	@scripts/mutate.sh

docs: ## builds the HTML documentation
	$(RUN) docs

licences: ## every file's licence, and those of what the collection needs
	$(RUN) licences

audit: ## advisories against the pinned releases; "not run" where no service answers
	$(RUN) audit

build: ## builds the tarball into .cache/dist and checks what is in it
	$(RUN) build

importer: ## what Galaxy would say to an upload
	$(RUN) importer

lock: ## pins requirements/*.txt anew from requirements/*.in
	@scripts/lock.sh

clean: ## removes everything that was made
	rm -rf "$$(readlink -f .cache)" .cache .hypothesis
