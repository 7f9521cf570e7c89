package cli

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"warroom/ui/cli/jsonform"
)

// TestRoomsThatEnded: the age of a room ends with its resolution or, if it was never
// resolved, with its closing. A drill, a reopening and an end without a resolution are
// marked, so that averages can exclude them.
func TestRoomsThatEnded(t *testing.T) {
	for line, want := range map[string]struct {
		words, ended string
		age          int64
		reopened     int
	}{
		"":                          {"open for 8 days", "", 8 * 86400, 0},
		":close override duplicate": {"closed after 2 min, never resolved", "closed", 120, 0},
		":resolve override done":    {"resolved after 2 min", "resolved", 120, 0},
		":reopen it came back":      {"resolved after 4 min; reopened once", "resolved", 240, 1},
	} {
		h := roomInMemory(t)
		say := func(line string) {
			t.Helper()
			h.Clock.Add(2 * time.Minute)
			if err := h.SubmitLine("ana", "inc-1", line); err != nil {
				t.Fatalf("%s: got %v, want it stored", line, err)
			}
		}
		switch {
		case strings.HasPrefix(line, ":reopen"):
			say(":resolve override done")
			h.Clock.Add(-2 * time.Minute)
			say(line)
			say(":resolve override again")
		case line != "":
			say(line)
		}
		elapsed := h.Clock.Now().Sub(time.Date(2026, 11, 20, 14, 0, 0, 0, time.UTC))
		h.Clock.Add(8*24*time.Hour - elapsed)
		var out, errs strings.Builder
		if code := runIn(t.Context(), t, h, "ana", strings.NewReader(""), &out, &errs, "rooms"); code != 0 ||
			!strings.Contains(out.String(), "("+want.words+")") {
			t.Errorf("%q: got exit %d, %q, want %q in it", line, code, out.String(), want.words)
		}
		out.Reset()
		runIn(t.Context(), t, h, "ana", strings.NewReader(""), &out, &errs, "rooms", "--json")
		var rows []jsonform.Room
		if err := json.Unmarshal([]byte(out.String()), &rows); err != nil || len(rows) != 1 {
			t.Fatalf("%q: got %q, %v, want one room", line, out.String(), err)
		}
		if r := rows[0]; r.AgeS != want.age || r.Ended != want.ended || r.Reopened != want.reopened ||
			(r.EndedAt != nil) != (want.ended != "") {
			t.Errorf("%q: got age %d, ended %q at %v, reopened %d, want %d, %q, %d", line, r.AgeS, r.Ended, r.EndedAt,
				r.Reopened,
				want.age, want.ended, want.reopened)
		}
	}
}
