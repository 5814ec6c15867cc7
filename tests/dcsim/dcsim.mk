# dcsim: the simulated forest. Included by the Makefile.

DCSIM_SRC := $(sort $(wildcard tests/dcsim/*.c))
DCSIM_OBJ := $(DCSIM_SRC:%.c=$(BUILD)/%.o)

$(BUILD)/dcsim: $(DCSIM_OBJ)
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ -llber -pthread

-include $(DCSIM_OBJ:.o=.d)
