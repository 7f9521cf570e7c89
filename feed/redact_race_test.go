package feed_test

import (
	"strings"
	"sync"
	"testing"

	"warroom/feed/feedtest"
	"warroom/model"
)

// TestTwoProcessesDeleteRedactedMessages: the process that hosts and the one that redacts
// both delete the message. It is not an error if the other one was first.
func TestTwoProcessesDeleteRedactedMessages(t *testing.T) {
	data := feedtest.Data(t)
	var mu sync.Mutex
	var failed []string
	logf := func(s model.Safe) {
		mu.Lock()
		defer mu.Unlock()
		if strings.Contains(s.String(), "is not deleted from its log") {
			failed = append(failed, s.String())
		}
	}
	one, two := feedtest.Options(t, data, "ana"), feedtest.Options(t, data, "dee")
	one.Logf, two.Logf = logf, logf
	host, other := feedtest.With(t, one), feedtest.With(t, two)
	short := feedtest.Declare(t, host)
	feedtest.Enter(t, host, short)
	s := feedtest.Enter(t, other, short)
	for range 20 {
		seq := feedtest.Append(t, s, leaked)
		redact(t, s, seq)
	}
	mu.Lock()
	defer mu.Unlock()
	if len(failed) > 0 {
		t.Errorf("%d of 20 redactions: got %q, want no failure", len(failed), failed[0])
	}
}
