package ui

import (
	"context"
	"sync/atomic"

	"warroom/model"
)

// export hands the record of the room on, behind the loop. The room goes on
// meanwhile.
func (a *app) export(line string) {
	short, told := a.in.view.Short, atomic.Int64{}
	f, _, err := model.ParseExport(line)
	switch {
	case err != nil:
		a.in.comp.set(line)
		a.in.changed()
		a.in.refuse(err)
		return
	case a.o.Export == nil && f.Profile.IsWhole():
		a.say = note{bad: true, text: model.Safef("a record is written where you are: ssh HOST export %s > %s.zip", short, short)}
		return
	case a.o.Export == nil:
		a.say = note{bad: true, text: model.Safef("a record is written where you are: ssh HOST export %s --profile %s > %s.zip", short, f.Profile.Name, short)}
		return
	}
	a.in.comp.history.add(line)
	a.in.saveHistory()
	a.tell(model.Safef("the record of %s is being read and written", short))
	a.jobs.start(func(ctx context.Context) func() {
		say, err := a.o.Export(ctx, short, f, func(n int64) {
			now := a.o.Clock.Now().UnixNano()
			if now-told.Load() < int64(tellEvery) {
				return
			}
			told.Store(now)
			a.jobs.post(func() { a.tell(model.Safef("the record of %s: %s written", short, model.Bytes(n))) })
		})
		return func() {
			if err != nil {
				a.fail(err)
				return
			}
			a.tell(say)
		}
	})
}
