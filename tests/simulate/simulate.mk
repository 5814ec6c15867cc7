# Random histories of a simulated forest whose truth is known. Included by the Makefile.

SEEDS         ?= 300
FIRST_SEED    ?= 1
SIMULATE_JOBS ?= 2

.PHONY: simulate
simulate: $(BIN) $(BUILD)/dcsim ## SEEDS (300) random histories from FIRST_SEED (1) on, scanned and held against the truth (SIMULATE_JOBS at once)
	$(Q)tests/simulate/run --self-test --spnscan ./$(BIN) --dcsim $(BUILD)/dcsim
	$(Q)$(SANITIZER_ENV) tests/simulate/run --seeds $(SEEDS) --first $(FIRST_SEED) --jobs $(SIMULATE_JOBS) \
	  --spnscan ./$(BIN) --dcsim $(BUILD)/dcsim
