package present_test

import (
	"strings"
	"testing"
	"time"

	"warroom/model"
	"warroom/ui/present"
)

// TestSignalsAreNamedAsWhatTheyAre: only what is silent has gone quiet; what is due, drafted or
// an hour older is named as that.
func TestSignalsAreNamedAsWhatTheyAre(t *testing.T) {
	k := declared(t)
	k.enter(":role ic @ana", ":exposure suspected gdpr")
	v := &model.View{Short: "inc-1", Room: k.room}
	got := map[string]bool{}
	for _, l := range present.Radar(v, k.now.Add(14*time.Minute)) {
		if strings.Contains(l.String(), " )") {
			t.Errorf("got %q, want no blank at the end of its command", l)
		}
		head, what, _ := strings.Cut(l.String(), ": ")
		for part, want := range map[string]string{"a draft to Customers is prepared": "Draft",
			"Update is due in": "Due", "is urgent, and nobody": "Gone quiet"} {
			if strings.Contains(what, part) {
				got[part] = true
				if head != want {
					t.Errorf("%s: got the head %q, want %q", what, head, want)
				}
			}
		}
	}
	if len(got) != 3 {
		t.Errorf("got the signals %v, want all three", got)
	}
	k.now = k.now.Add(time.Minute)
	if got := k.summary(); !strings.Contains(got, "\nRadar: exposure is suspected: a draft to Customers is prepared") {
		t.Errorf("summary: got %s, want the draft as a signal of the radar", got)
	}
}
