package ui_test

import (
	"testing"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui"
	"warroom/ui/uitest"
)

// TestWhatIsToldMeanwhileIsShown: what the program has to say while the screen is
// up is on the screen, one after another, and does not take the place of an answer.
func TestWhatIsToldMeanwhileIsShown(t *testing.T) {
	h, short := busy(t)
	var say func(model.Safe)
	s := uitest.Open(t, h, "ana", 80, 24, func(o *ui.Options) {
		o.Room = short
		o.Hear = func(show func(model.Safe)) func() {
			say = show
			return func() {}
		}
	})
	s.See("runner isolated")
	s.Type(":frob").Key(tcell.KeyEnter).See("there is no command :frob")
	say(model.Lit("the outbox of this terminal was damaged; the bad part is in ana.box.bad-1"))
	say(model.Lit("the copy of a log was damaged; that part is in log.bad-2"))
	s.See("there is no command :frob").Key(tcell.KeyCtrlU).See("ana.box.bad-1").Key(tcell.KeyCtrlL).See("log.bad-2").Key(tcell.KeyCtrlL).Gone("log.bad-2")
}
