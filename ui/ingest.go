package ui

import (
	"context"
	"strings"
	"time"

	"warroom/model"
)

// ingestLine returns the file that a line wants to be read.
func ingestLine(line string) (file string, ok bool) {
	file, ok = strings.CutPrefix(line, ":ingest ")
	return strings.TrimSpace(file), ok
}

// barCells is how wide the bar of a file is that is being read, and barEvery how
// often it moves.
const (
	barCells = 20
	barEvery = 150 * time.Millisecond
)

// ingest reads the alerts of a file into the room, behind the loop. The room goes
// on meanwhile.
func (a *app) ingest(file string) {
	switch {
	case a.o.Ingest == nil:
		a.say = note{bad: true, text: model.Safef("files are read where you are: ssh HOST ingest - --room %s <FILE, or a tool's output in its place", a.in.view.Short)}
		return
	case file == "":
		a.say = note{bad: true, text: model.Lit("say which file: :ingest FILE")}
		return
	}
	p := new(model.Progress)
	seat, done := a.in.seat, make(chan struct{})
	a.tell(model.Safef("reading %s ...", file))
	a.jobs.start(func(ctx context.Context) func() {
		defer close(done)
		say, err := a.o.Ingest(ctx, seat, file, p)
		return func() {
			if err != nil {
				a.fail(err)
				return
			}
			a.tell(say)
		}
	})
	a.jobs.start(func(ctx context.Context) func() { return a.watchReading(ctx, file, p, done) })
}

// watchReading shows how far a file is read until that is done.
func (a *app) watchReading(ctx context.Context, file string, p *model.Progress, done <-chan struct{}) func() {
	t := time.NewTicker(barEvery)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-done:
			return nil
		case <-t.C:
			if p.Size() == 0 {
				continue
			}
			a.jobs.post(func() {
				select {
				case <-done: // what became of it stands there
				default:
					a.tell(readingWords(file, p))
				}
			})
		}
	}
}

// readingWords are a bar: "reading big.json  [#####...............] 26% of 512 MB".
func readingWords(file string, p *model.Progress) model.Safe {
	n := int(p.Share() * barCells)
	return model.Safef("reading %s  [%s%s] %s", file, strings.Repeat("#", n), strings.Repeat(".", barCells-n), p.Words())
}
