package room

import (
	"context"
	"sync/atomic"
	"time"

	"warroom/model"
	"warroom/ui/draw"
	"warroom/ui/present"
	"warroom/ui/shell"
)

// files reads and writes files of this machine for a room, in jobs.
type files struct {
	machine Machine
	shell   *shell.Shell
}

// barCells is the width of a progress bar, and barEvery how often it is updated.
const (
	barCells = 20
	barEvery = 150 * time.Millisecond
)

// ingest reads the alerts of a file into the room in a job.
func (w *files) ingest(session model.RoomSession, short, file string) {
	switch {
	case w.machine.Ingest == nil:
		w.shell.Notes.Warn(present.IngestElsewhere(short))
		return
	case file == "":
		w.shell.Notes.Warn(model.Lit("name the file: :ingest FILE"))
		return
	}
	p := new(model.Progress)
	done := make(chan struct{})
	w.shell.Notes.Show(model.Safef("reading %s ...", file))
	w.shell.Jobs.Start(func(ctx context.Context) func() {
		defer close(done)
		message, err := w.machine.Ingest(ctx, session, file, p)
		return func() {
			if err != nil {
				w.shell.Notes.Fail(err)
				return
			}
			w.shell.Notes.Show(message)
		}
	})
	w.shell.Jobs.Start(func(ctx context.Context) func() { return w.watchReading(ctx, file, p, done) })
}

// watchReading shows the progress of ingest until done is closed.
func (w *files) watchReading(ctx context.Context, file string, p *model.Progress, done <-chan struct{}) func() {
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
			w.shell.Jobs.Post(func() {
				select {
				case <-done: // the result is shown
				default:
					w.shell.Notes.Show(readingWords(file, p))
				}
			})
		}
	}
}

// readingWords returns a progress bar: "reading big.json [#####...............] 26% of
// 512 MB".
func readingWords(file string, p *model.Progress) model.Safe {
	return model.Safef("reading %s  [%s] %s", file, draw.Bar(barCells, p.Share(), true), p.Words())
}

// export writes the record of a room to a file in a job. It reports whether it started.
func (w *files) export(short string, f model.ExportFile) bool {
	if w.machine.Export == nil {
		w.shell.Notes.Warn(present.ExportElsewhere(short, f.Profile))
		return false
	}
	every := w.everySecond()
	w.shell.Notes.Show(model.Safef("exporting the record of %s ...", short))
	w.shell.Jobs.Start(func(ctx context.Context) func() {
		message, err := w.machine.Export(ctx, short, f, func(n int64) {
			every(func() {
				w.shell.Notes.Show(model.Safef("exporting the record of %s: %s "+
					"written", short, model.Bytes(n)))
			})
		})
		return func() {
			if err != nil {
				w.shell.Notes.Fail(err)
				return
			}
			w.shell.Notes.Show(message)
		}
	})
	return true
}

// mayCollect returns an error if files cannot be added to evidence from here.
func (w *files) mayCollect(short string, f model.EvidenceFile) error {
	if w.machine.Collect == nil {
		return model.Refuse(model.Forbidden, "%s", present.CollectElsewhere(short, f.Path))
	}
	return nil
}

// collect adds a file to evidence in a job, and shows its progress.
func (w *files) collect(short string, f model.EvidenceFile) {
	every := w.everySecond()
	w.shell.Notes.Show(model.Safef("reading %s ...", f.Path))
	w.shell.Jobs.Start(func(ctx context.Context) func() {
		item, err := w.machine.Collect(ctx, short, f, func(n, size int64) {
			every(func() {
				w.shell.Notes.Show(model.Safef("%s: %s of "+
					"%s", f.Path, model.Bytes(n), model.Bytes(size)))
			})
		})
		return func() {
			if err != nil {
				w.shell.Notes.Fail(err)
				return
			}
			w.shell.Notes.Show(model.Safef("%s is E%d: %s, sha256 %.16s (F7)", f.Path, item.N, model.Bytes(item.Size),
				item.SHA256))
		}
	})
}

// progressEvery is how often progress is shown.
const progressEvery = time.Second

// everySecond returns a function that runs its argument in the loop, at most once in
// progressEvery. It may be called from any goroutine.
func (w *files) everySecond() func(func()) {
	var last atomic.Int64
	return func(report func()) {
		now := w.shell.Clock.Local().UnixNano()
		if now-last.Load() < int64(progressEvery) {
			return
		}
		last.Store(now)
		w.shell.Jobs.Post(report)
	}
}
