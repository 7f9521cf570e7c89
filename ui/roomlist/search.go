package roomlist

import (
	"context"
	"slices"
	"strings"

	"warroom/model"
	"warroom/ui/fold"
)

// search searches the entries of all rooms in a job, which the next query ends.
func (p *Page) search() {
	if p.cancel != nil {
		p.cancel()
	}
	p.found, p.busy = nil, false
	if len(strings.Join(fold.Words(p.query.Text), "")) < 2 {
		return
	}
	ctx, cancel := context.WithCancel(p.l.shell.Context)
	p.cancel, p.busy, p.found = cancel, true, map[string]found{}
	rooms := slices.Clone(p.rooms)
	p.ctx = ctx
	p.searchIn(rooms, func() { p.busy = false })
}

// searchAlso searches the rooms that were added during a search.
func (p *Page) searchAlso(rooms []model.RoomInfo) {
	if p.found != nil {
		p.searchIn(rooms, func() {})
	}
}

// searchIn searches rooms until the next query.
func (p *Page) searchIn(rooms []model.RoomInfo, done func()) {
	ctx, words := p.ctx, fold.Words(p.query.Text)
	p.l.shell.Jobs.Start(func(context.Context) func() {
		for _, r := range rooms {
			f, err := p.searchRoom(ctx, r.Short, words)
			p.l.shell.Jobs.Post(func() {
				if ctx.Err() == nil && f.n > 0 {
					p.found[r.Short] = f
				}
				if err != nil && ctx.Err() == nil {
					p.l.shell.Notes.Fail(err)
				}
			})
		}
		return func() {
			if ctx.Err() == nil {
				done()
			}
		}
	})
}

func (p *Page) searchRoom(ctx context.Context, short string, words []string) (f found, err error) {
	err = p.l.env.Rooms.Events(ctx, short, 1, func(e *model.Event) error {
		if e.Fault != "" || !e.Kind.IsEntry() {
			return ctx.Err()
		}
		b, err := e.DecodeBody()
		if t, ok := b.(*model.Entry); ok && err == nil && fold.ContainsAll(t.Text, words) {
			f.n++
			f.line = model.Safef("%s %s %s", e.At.In(p.l.env.Zone).Format("01-02 15:04"), e.By, t.Text)
		}
		return ctx.Err()
	})
	return f, err
}
