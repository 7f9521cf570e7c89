package feed_test

import (
	"slices"
	"sync"
	"testing"

	"warroom/feed"
	"warroom/feed/feedtest"
	"warroom/model"
)

// TestClosedTerminalDropsAtItsStart: a terminal on another machine that was closed during
// a redaction drops the text when it starts again, even if nobody opens the room.
// Options.Forget gets the text.
func TestClosedTerminalDropsAtItsStart(t *testing.T) {
	a := feedtest.Open(t, "ana")
	short := feedtest.Declare(t, a)
	sa := feedtest.Enter(t, a, short)
	o := remote(t, a, feedtest.Data(t), "bo")
	b, err := feed.Open(soon(t), o)
	must(t, err)
	sb := feedtest.Enter(t, b, short)
	seq := feedtest.Append(t, sb, leaked)
	feedtest.Append(t, sb, "stays")
	sb.Close()
	must(t, b.Close())
	if len(holding(t, o.Data, leaked)) == 0 {
		t.Fatal("bo's copy: got nothing of the entry, want it")
	}
	feedtest.Until(t, sa, "it is there", has("stays"))
	redact(t, sa, seq)
	var mu sync.Mutex
	var texts []string
	o.Forget = func(t []string, _ model.Sealer) error {
		mu.Lock()
		defer mu.Unlock()
		texts = append(texts, t...)
		return nil
	}
	feedtest.With(t, o)
	feedtest.Soon(t, "it is nowhere at bo's", func() bool { return len(holding(t, o.Data, leaked)) == 0 })
	mu.Lock()
	defer mu.Unlock()
	if !slices.Contains(texts, leaked) {
		t.Errorf("texts to forget: got %q, want %q", texts, leaked)
	}
}
