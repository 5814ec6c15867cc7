# spnscan: GNU make only. `make help` lists the targets.

CC         ?= gcc
CFLAGS     ?= -O2 -g
PKG_CONFIG ?= pkg-config
PREFIX     ?= /usr/local
DESTDIR    ?=
SYSCONFDIR ?= /etc
DOCDIR     ?= $(PREFIX)/share/doc/spnscan
# Where systemd looks: a distribution's folder for PREFIX=/usr, else below PREFIX (of which /usr/local is in its path).
UNITDIR    ?= $(or $(if $(filter /usr,$(PREFIX)),$(shell $(PKG_CONFIG) --variable=systemdsystemunitdir systemd 2>/dev/null)),$(PREFIX)/lib/systemd/system)
V          ?= 0

Q := $(if $(filter 1,$(V)),,@)
say = $(if $(filter 1,$(V)),,@printf '  %-8s%s\n' $(1) $(2))

# SANITIZE=address,undefined or SANITIZE=thread builds apart, beside the plain build.
SANITIZE ?=
comma := ,
BUILD := build$(if $(SANITIZE),-$(subst $(comma),-,$(SANITIZE)))
BIN   := spnscan$(if $(SANITIZE),-$(subst $(comma),-,$(SANITIZE)))

WARNINGS := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith \
            -Wcast-qual -Wwrite-strings -Wundef -Wvla -Wformat=2 -Wno-format-nonliteral
LIBS     := ldap libsasl2 sqlite3 krb5 libcares libutf8proc
CPPFLAGS += -D_GNU_SOURCE -I. -Iinclude -I$(BUILD)/gen
ALL_CFLAGS = -std=c17 -pthread $(WARNINGS) $(CFLAGS) $(shell $(PKG_CONFIG) --cflags $(LIBS)) \
             $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-omit-frame-pointer)
LDLIBS = -lldap -llber $(shell $(PKG_CONFIG) --libs $(LIBS)) -pthread

SRC  := $(sort $(shell find scanner store -name '*.c' 2>/dev/null))
OBJ  := $(SRC:%.c=$(BUILD)/%.o)
LIBOBJ := $(filter-out $(BUILD)/scanner/main.o,$(OBJ))
SQL  := $(sort $(wildcard sql/*.sql))
SQLINC := $(SQL:sql/%.sql=$(BUILD)/gen/%.sql.inc)

UNIT_SRC := $(sort $(wildcard tests/unit/*.c))
UNIT_OBJ := $(UNIT_SRC:%.c=$(BUILD)/%.o)
FUZZ     := $(patsubst tests/fuzz/fuzz_%.c,%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
REPLAY   := $(FUZZ:%=$(BUILD)/replay/%)

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:

.PHONY: all
all: $(BIN) ## build ./spnscan

$(BIN): $(OBJ)
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(BUILD)/%.o: %.c
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# SQL lives in sql/ and is embedded as a list of bytes (a C string literal may not be that long).
$(BUILD)/gen/%.sql.inc: sql/%.sql
	$(Q)mkdir -p $(@D)
	$(Q)od -An -v -tu1 $< | sed 's/[0-9][0-9]*/&,/g' > $@
$(OBJ) $(UNIT_OBJ): | $(SQLINC)

# All views in one table of {name, text}, made from the files of sql/ that are neither tables nor upgrades of them.
$(BUILD)/gen/views.inc: $(filter-out %/schema.sql.inc $(BUILD)/gen/upgrade_%,$(SQLINC))
	$(Q)for v in $(basename $(basename $(notdir $^))); do \
	  printf '{"%s", (const char[]){\n#include "%s.sql.inc"\n0}},\n' $$v $$v; done > $@
$(OBJ): | $(BUILD)/gen/views.inc

.PHONY: help
help: ## this list
	@grep -hE '^[a-zA-Z_-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  %-22s %s\n", $$1, $$2}'
	@echo '  SANITIZE=address,undefined or SANITIZE=thread with all, unit: builds apart, beside the plain build'
	@echo '  CC, CFLAGS, PREFIX (/usr/local), DESTDIR, SYSCONFDIR (/etc), UNITDIR, V=1'

# ---- tests ----

# Suites are found by file name: tests/unit/test_x.c offers suite_x().
$(BUILD)/gen/suites.inc: $(UNIT_SRC)
	$(Q)mkdir -p $(@D)
	$(Q)for f in $(patsubst tests/unit/test_%.c,%,$(filter tests/unit/test_%,$(UNIT_SRC))); do echo "SUITE($$f)"; done > $@
$(UNIT_OBJ): | $(BUILD)/gen/suites.inc

$(BUILD)/unit: $(UNIT_OBJ) $(LIBOBJ)
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(shell $(PKG_CONFIG) --libs check) $(LDLIBS)

# Corpora are fed through every fuzz target without a fuzzer, so that what was once found stays mended.
$(BUILD)/replay/%: $(BUILD)/tests/fuzz/fuzz_%.o $(BUILD)/tests/fuzz/replay.o $(LIBOBJ)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)
.SECONDARY: $(FUZZ:%=$(BUILD)/tests/fuzz/fuzz_%.o) $(BUILD)/tests/fuzz/replay.o

.PHONY: unit views cli replay sim lab lint check-headers layers format sanitized check check-all
unit: $(BUILD)/unit ## unit tests
	$(Q)CK_VERBOSITY=$${CK_VERBOSITY:-normal} CK_DEFAULT_TIMEOUT=$${CK_DEFAULT_TIMEOUT:-300} $(SANITIZER_ENV) $(BUILD)/unit

views: ## tests of the SQL views
	$(Q)tests/views/run

cli: $(BIN) ## tests of the command line that need no directory
	$(Q)$(SANITIZER_ENV) tests/cli/run ./$(BIN)

replay: $(REPLAY) ## the fuzz corpora, once through each decoder
	$(Q)for f in $(FUZZ); do $(SANITIZER_ENV) $(BUILD)/replay/$$f tests/fuzz/corpus/$$f/* || exit 1; done

SANITIZER_ENV = ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1 \
                TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1

ASAN := address,undefined
sanitized: ## unit, cli and replay under ASan+UBSan, then under TSan
	$(Q)$(MAKE) --no-print-directory SANITIZE=$(ASAN) unit cli replay
	$(Q)$(MAKE) --no-print-directory SANITIZE=thread unit cli

sim: $(BIN) $(BUILD)/dcsim ## the simulated forest: faults, several domains, hundreds of DCs, scans that are ended; sanitized builds too
	$(Q)$(MAKE) --no-print-directory SANITIZE=$(ASAN)
	$(Q)$(MAKE) --no-print-directory SANITIZE=thread
	$(Q)$(MAKE) --no-print-directory -j2 sim-plain sim-sanitized

.PHONY: sim-plain sim-sanitized
sim-plain:
	$(Q)KILLS=$${KILLS:-200} tests/sim/suite ./spnscan
# TSan for what has threads: reports and plans are asked of the database by one.
sim-sanitized:
	$(Q)$(SANITIZER_ENV) KILLS=20 tests/sim/suite ./spnscan-address-undefined './spnscan-thread:^(0[1-8]|10|13|15)'

# Cases from 16 on wait for replication more than they compute, and the simulator drives the same code under the sanitizers; what
# only the lab has for TSan is Kerberos, real TLS and many threads of libraries.
lab: $(BIN) ## the acceptance suite in a real Samba forest: plain, ASan+UBSan and TSan builds (root)
	$(Q)$(MAKE) --no-print-directory SANITIZE=$(ASAN)
	$(Q)$(MAKE) --no-print-directory SANITIZE=thread
	$(Q)$(SANITIZER_ENV) tests/lab/suite ./spnscan './spnscan-address-undefined:^(0|1[0-5])' './spnscan-thread:^(01|07|13)'

check: ## install what the tests need, then run every test
	$(Q)tests/packages check
	$(Q)$(MAKE) --no-print-directory check-all

check-all:
	$(Q)tests/check

.PHONY: demo
demo: ## install what the build needs, build, scan a simulated forest on loopback and show the findings
	$(Q)tests/packages demo
	$(Q)$(MAKE) --no-print-directory $(BIN) $(BUILD)/dcsim
	$(Q)tests/demo ./$(BIN)

lint: format layers check-headers ## clang-format, include directions, options in the papers, cppcheck
	$(Q)tests/lint/papers ./$(BIN)
	$(Q)cppcheck --quiet --error-exitcode=1 --inline-suppr --enable=warning,performance,portability --std=c11 \
	  --suppress=missingInclude --suppress=missingIncludeSystem --suppress=unknownMacro -j2 -I. -Iinclude scanner store
lint: $(BIN)

format:
	$(Q)clang-format --dry-run -Werror $$(find scanner store include tests -name '*.[ch]')

layers:
	$(Q)tests/lint/layers

check-headers:
	$(Q)for h in $$(find scanner store include -name '*.h'); do \
	  echo "#include \"$$h\"" | $(CC) $(CPPFLAGS) $(ALL_CFLAGS) -fsyntax-only -x c - || exit 1; done

# ---- fuzzing (clang with libFuzzer) ----

FUZZ_SECONDS ?= 60
.PHONY: fuzz
fuzz: ## every fuzz target for FUZZ_SECONDS (60); new inputs stay in build-fuzz/
	$(Q)for f in $(FUZZ); do \
	  mkdir -p build-fuzz/$$f && \
	  clang -std=c17 -g -O1 $(CPPFLAGS) $$($(PKG_CONFIG) --cflags $(LIBS)) -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
	    -o build-fuzz/fuzz_$$f tests/fuzz/fuzz_$$f.c $$(ls scanner/decode/*.c store/base/*.c store/report/csv.c) \
	    $(LDLIBS) && \
	  build-fuzz/fuzz_$$f -max_total_time=$(FUZZ_SECONDS) -artifact_prefix=build-fuzz/$$f- -print_final_stats=1 \
	    build-fuzz/$$f tests/fuzz/corpus/$$f || exit 1; done

# ---- installing, tools ----

.PHONY: install install-units uninstall clean
install: $(BIN) install-units ## install the program, its man page, and a systemd service and timer
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 755 spnscan $(DESTDIR)$(PREFIX)/bin/spnscan
	install -m 644 docs/spnscan.1 $(DESTDIR)$(PREFIX)/share/man/man1/spnscan.1

# The timer is not enabled: docs/scheduled.md tells what it needs first.
FILL_IN = sed -e 's|@BINDIR@|$(PREFIX)/bin|g' -e 's|@SYSCONFDIR@|$(SYSCONFDIR)|g' -e 's|@DOCDIR@|$(DOCDIR)|g'
install-units:
	install -d $(DESTDIR)$(UNITDIR) $(DESTDIR)$(DOCDIR)
	$(FILL_IN) systemd/spnscan.service.in >$(DESTDIR)$(UNITDIR)/spnscan.service
	chmod 644 $(DESTDIR)$(UNITDIR)/spnscan.service
	install -m 644 systemd/spnscan.timer $(DESTDIR)$(UNITDIR)/spnscan.timer
	sed 's|SYSCONFDIR|$(SYSCONFDIR)|' systemd/spnscan.conf >$(DESTDIR)$(DOCDIR)/spnscan.conf
	chmod 644 $(DESTDIR)$(DOCDIR)/spnscan.conf
	install -m 644 docs/scheduled.md $(DESTDIR)$(DOCDIR)/scheduled.md

uninstall: ## remove them; the database and what is in SYSCONFDIR stay
	rm -f $(DESTDIR)$(PREFIX)/bin/spnscan $(DESTDIR)$(PREFIX)/share/man/man1/spnscan.1
	rm -f $(DESTDIR)$(UNITDIR)/spnscan.service $(DESTDIR)$(UNITDIR)/spnscan.timer
	rm -f $(DESTDIR)$(DOCDIR)/spnscan.conf $(DESTDIR)$(DOCDIR)/scheduled.md

clean: ## remove what was built
	rm -rf build build-* spnscan spnscan-address-undefined spnscan-thread compile_commands.json

# For editors and clang-tidy. One entry a source file, with the flags of this build.
compile_commands.json: Makefile $(SRC) $(UNIT_SRC) ## compilation database
	$(Q)for f in $(SRC) $(UNIT_SRC); do \
	  printf '{"directory": "%s", "file": "%s", "command": "%s"}\n' '$(CURDIR)' $$f \
	    '$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -c '$$f; \
	  done | sed '1s/^/[/; 2,$$s/^/,/; $$s/$$/]/' > $@

-include $(OBJ:.o=.d) $(UNIT_OBJ:.o=.d)
-include tests/dcsim/dcsim.mk
-include tests/bench/bench.mk
-include tests/simulate/simulate.mk
