package outbox_test

import (
	"testing"
	"time"

	"warroom/feed/outbox"
	"warroom/model"
)

// TestOnlyDraftsOfThisProcessAreNew checks what the writer relies on when it does not look
// for a draft in the log: one that was read from the file may be there.
func TestOnlyDraftsOfThisProcessAreNew(t *testing.T) {
	path := outbox.Path(t.TempDir(), "key", "01K0000000000000000000000A")
	open := func() *outbox.Box {
		o, bad, err := outbox.Open(path, outbox.Head{Handle: "ana"}, nil, time.Now())
		if err != nil || !bad.IsEmpty() {
			t.Fatalf("open the outbox: got %v, %v, want no error", bad, err)
		}
		return o
	}
	o := open()
	if _, err := o.Add(model.Draft{ID: "1", Kind: model.KindEntryNoted}); err != nil {
		t.Fatalf("add a draft: %v", err)
	}
	if got := o.Find("1").New; !got {
		t.Errorf("an added draft: got New %v, want true", got)
	}
	if err := o.Close(); err != nil {
		t.Fatalf("close the outbox: %v", err)
	}
	o = open()
	defer o.Close()
	if got := o.Find("1").New; got {
		t.Errorf("a draft from the file: got New %v, want false", got)
	}
}
