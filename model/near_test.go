package model_test

import (
	"testing"

	"warroom/model"
)

// TestLengthWords: a length of time without a sign is refused with its meaning. An @
// alone, or a person, is not a length.
func TestLengthWords(t *testing.T) {
	k := declared(t, "security", model.Declaration{Severity: "SEV-1"})
	for line, want := range map[string]string{
		"@1h x":   `"1h" is not a time; for one hour ago write -1h`,
		"@20m x":  `"20m" is not a time; for 20 minutes ago write -20m`,
		"@1d2h x": `"1d2h" is not a time; for that long ago write -1d2h`,
		":undo": "there is no command :undo; :retract N REASON takes an entry back, :uncheck N REASON reopens " +
			"a checklist item",
		":edit 3":  "there is no command :edit; :amend N TEXT changes an entry, :rename TITLE the title",
		":zzz":     "there is no command :zzz; :help lists them",
		":decison": "there is no command :decison; did you mean :decision? :help lists all",
	} {
		k.refused("ana", line, want)
	}
	for _, line := range []string{"@ x", "@", "@h"} {
		k.mustType("ana", line)
	}
}
