package ui

import (
	"context"
	"slices"
	"strings"

	"warroom/model"
)

// search looks through the entries of all rooms, as a job that the next query
// ends.
func (p *listPage) search() {
	if p.cancel != nil {
		p.cancel()
	}
	p.found, p.busy = nil, false
	if len(strings.Join(foldedWords(p.query.text), "")) < 2 {
		return
	}
	ctx, cancel := context.WithCancel(p.a.ctx)
	p.cancel, p.busy, p.found = cancel, true, map[string]found{}
	rooms := slices.Clone(p.rooms)
	p.ctx = ctx
	p.searchIn(rooms, func() { p.busy = false })
}

// searchAlso looks through rooms that came while there is a search.
func (p *listPage) searchAlso(rooms []model.RoomInfo) {
	if p.found != nil {
		p.searchIn(rooms, func() {})
	}
}

// searchIn looks through rooms, until the next query.
func (p *listPage) searchIn(rooms []model.RoomInfo, done func()) {
	ctx, words := p.ctx, foldedWords(p.query.text)
	p.a.jobs.start(func(context.Context) func() {
		for _, r := range rooms {
			f, err := p.searchRoom(ctx, r.Short, words)
			p.a.jobs.post(func() {
				if ctx.Err() == nil && f.n > 0 {
					p.found[r.Short] = f
				}
				if err != nil && ctx.Err() == nil {
					p.a.fail(err)
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

func (p *listPage) searchRoom(ctx context.Context, short string, words []string) (f found, err error) {
	err = p.a.o.Rooms.Events(ctx, short, 1, func(e *model.Event) error {
		if e.Fault != "" || !e.Kind.IsEntry() {
			return ctx.Err()
		}
		b, err := e.DecodeBody()
		if t, ok := b.(*model.Entry); ok && err == nil && containsAll(t.Text, words) {
			f.n++
			f.line = model.Safef("%s %s %s", e.At.In(p.a.o.Zone).Format("01-02 15:04"), e.By, t.Text)
		}
		return ctx.Err()
	})
	return f, err
}
