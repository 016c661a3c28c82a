# make run: the main job; make test: all tests. Both install what is missing.
SHELL := /bin/bash
ARGS ?=
BINARY := .build/release/vethmark
PREFIX ?= /usr/local
DESTDIR ?=

# The commit goes into the binary, and with it into every result.
SOURCES := Sources Package.swift
export VETHMARK_COMMIT := $(shell commit=$$(git rev-parse HEAD 2>/dev/null) && echo $$commit$$(git diff --quiet HEAD -- $(SOURCES) || echo -dirty))

.PHONY: help build run static install uninstall test-install deb rootfs test-package test unit-test test-example test-numa test-fleet bench gate fuzz test-fuzz lint format clean

help:
	@echo "make run        build and benchmark a private veth pair (ARGS='-P 2 -s 1518' passes flags)"
	@echo "make install    one binary that needs no Swift, man pages, completions, profiles (PREFIX=/usr/local DESTDIR=); make uninstall"
	@echo "make test       all tests: units, kernel, tools, hot-path gate, fuzzers, two NUMA nodes in QEMU"
	@echo "make test-install  install into a temporary folder, run without Swift in sight, uninstall"
	@echo "make deb        a Debian package of the static binary, in .build-deb"
	@echo "make rootfs     a container's root file system out of that, in .build-deb (needs root)"
	@echo "make test-package  lintian; the package in a fresh Debian 12 without Swift, as root and as a user (needs root)"
	@echo "make unit-test  the Swift tests only (FILTER=TruthTests runs some)"
	@echo "make test-numa  vethmark on a two-node machine with Debian's kernel, in QEMU"
	@echo "make test-fleet vethmark deploy and across on two hosts in namespaces: a Slurm array, tasks killed and requeued; GNU parallel and Ansible over ssh (root)"
	@echo "make gate       look for retain, release and allocation in the hot loops"
	@echo "make fuzz       feed the parsers with wrong bytes (SECONDS_EACH=300; TARGET=frames picks one)"
	@echo "make bench      compare with trafgen, tcpreplay, mausezahn and iperf3, interleaved (ROUNDS=5)"
	@echo "make lint       check the formatting; make format mends it"
	@echo "make clean      remove all that was built"

build:
	scripts/install-dependencies build
	swift build -c release --product vethmark

run: build
	$(BINARY) run $(ARGS)

# Swift's libraries are linked in, and libyaml; what nobody calls by name is left out. Beside the other build, whose objects can't be shared.
static:
	scripts/install-dependencies build install
	PKG_CONFIG_PATH=packaging/static swift build -c release --static-swift-stdlib -Xlinker --no-export-dynamic -Xlinker -l:libyaml.a --scratch-path .build-install --product vethmark

# Root, who installs, often has no Swift: then it is what a user's `make static` has built.
install:
	@if command -v swift >/dev/null; then $(MAKE) --no-print-directory static; else echo "no swift on PATH: what is built is installed"; fi
	DESTDIR='$(DESTDIR)' scripts/install-vethmark install '$(PREFIX)'

uninstall:
	DESTDIR='$(DESTDIR)' scripts/install-vethmark uninstall '$(PREFIX)'

test-install: static
	scripts/test-install

deb: static
	scripts/install-dependencies deb
	scripts/make-deb

# What a container is made of; see docs/deploying.md.
rootfs: deb
	scripts/install-dependencies rootfs
	scripts/make-rootfs .build-deb/vethmark_*.deb .build-deb/rootfs.tar

test-package: deb
	scripts/install-dependencies test-package
	scripts/test-package .build-deb/vethmark_*.deb

test: lint unit-test gate test-example test-fuzz test-numa

# Rooms without kernel, clock or child process: their tests take nothing from each other, and go beside each other first. But for two suites: one has links,
# the other goes to another folder. All others share two CPUs: one at a time, so that none starves another.
PURE_TESTS := ^(Architecture|Frames|Memory|Metrics|Plans|Profiles|Reports|Results|Traces|Traffic|YAML)Tests[.](?!LiveCapture|ResultStore)
SWIFT_TEST := VETHMARK_BINARY=$(CURDIR)/$(BINARY) swift test --skip-build

unit-test:
	scripts/install-dependencies build test
	swift build -c release --product vethmark
	swift build --build-tests
ifdef FILTER
	$(SWIFT_TEST) --no-parallel --filter $(FILTER)
else
	$(SWIFT_TEST) --parallel --filter '$(PURE_TESTS)'
	$(SWIFT_TEST) --no-parallel --skip '$(PURE_TESTS)'
endif

gate: build
	scripts/install-dependencies test
	scripts/test-gate
	scripts/gate-hot-path $(BINARY)

test-example:
	scripts/install-dependencies build
	scripts/test-example

# A few seconds each, from the corpus on; `make fuzz` takes its time.
test-fuzz:
	scripts/install-dependencies build
	scripts/fuzz --seconds 5

fuzz:
	scripts/install-dependencies build
	scripts/fuzz --seconds $(or $(SECONDS_EACH),300) $(TARGET)

test-numa: build
	scripts/install-dependencies numa
	scripts/test-numa $(BINARY)

# Not among `make test`: it installs services of a cluster, which start with the machine.
test-fleet: build
	scripts/install-dependencies fleet
	scripts/test-fleet $(BINARY)

bench: build
	scripts/install-dependencies bench
	swift build -c release --product vethmark-bench-parts
	Benchmarks/run-bench --rounds $(or $(ROUNDS),5) $(ARGS)
	Benchmarks/run-flows --rounds $(or $(ROUNDS),5)
	Benchmarks/run-replay --rounds $(or $(ROUNDS),5)
	Benchmarks/run-superframes --rounds $(or $(ROUNDS),6)

lint:
	swift format lint --recursive --parallel --strict Package.swift Sources Tests Benchmarks Examples

format:
	swift format --recursive --parallel --in-place Package.swift Sources Tests Benchmarks Examples

clean:
	rm -rf .build .build-install .build-deb .build-numa .build-bench .build-python .build-prometheus .build-suricata .build-sshd .build-schemas
