package ui_test

import (
	"testing"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui"
	"warroom/ui/uitest"
)

// TestNoticesAreShown: messages of the program are shown on the screen one after another,
// and do not replace an answer.
func TestNoticesAreShown(t *testing.T) {
	h, short := busy(t)
	var notify func(model.Safe)
	s := uitest.Open(t, h, "ana", 80, 24, func(o *ui.Options) {
		o.Room = short
		o.Subscribe = func(show func(model.Safe)) func() {
			notify = show
			return func() {}
		}
	})
	s.See("runner isolated")
	s.Type(":frob").Key(tcell.KeyEnter).See("there is no command :frob")
	notify(model.Lit("the outbox of this terminal was damaged; the bad part is in ana.box.bad-1"))
	notify(model.Lit("the copy of a log was damaged; that part is in log.bad-2"))
	s.See("there is no command :frob",
		"ana.box.bad-1").Key(tcell.KeyCtrlL).See("log.bad-2").Key(tcell.KeyCtrlL).Gone("log.bad-2")
}
