# The benchmark against what people use. Included by the Makefile.

$(BUILD)/bench-reader: $(BUILD)/tests/bench/reader.o $(LIBOBJ)
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

.PHONY: bench
bench: $(BIN) $(BUILD)/dcsim $(BUILD)/bench-reader ## spnscan beside ldapsearch and others (BENCH=--quick, --all; tests/bench/run --help)
	$(Q)tests/packages bench
	$(Q)tests/bench/run $(BENCH)

-include $(BUILD)/tests/bench/reader.d
