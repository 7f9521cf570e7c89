package ui

import (
	"context"
	"sync/atomic"
	"time"

	"warroom/model"
	"warroom/ui/draw"
)

// openEvidence shows the register of evidence.
func (a *app) openEvidence() {
	if a.inLobby() {
		a.tell(model.Lit("the lobby has no evidence: a room has; d on an alert declares one (F9)"))
		return
	}
	a.openText(model.Lit("Evidence"), func(w int) []draw.Line {
		return evidencePage(a.in.view.Room, w, a.zone(), a.th)
	})
}

// evidencePage is the register: what there is, its hash and its custody.
func evidencePage(r *model.Room, w int, zone *time.Location, th *theme) []draw.Line {
	if len(r.Evidence) == 0 {
		return append(wrapped(th.dim, model.Lit("No evidence yet. From this machine:  :evidence FILE --class log"), w),
			wrapped(th.dim, model.Lit("From a pipe:  COMMAND | warroom evidence add ROOM - --class log --host web3"), w)...)
	}
	var out []draw.Line
	for i := range r.Evidence {
		p := &r.Evidence[i]
		look := th.good
		switch {
		case !p.Whole():
			look = th.warn
		case p.Released:
			look = th.dim
		}
		head := draw.L(draw.T(th.bold, model.Safef("E%-3d ", p.N)), draw.T(look, model.Safef("%-12s", p.State())), draw.T(th.plain, model.Safef(" %-8s %s", p.Class, p.Name)))
		out = append(out, head.Clip(w))
		for n, l := range model.PieceLines(p, zone) {
			if n > 1 { // the name and the class stand above
				out = append(out, indented(wrapped(th.dim, l, w-2), 2)...)
			}
		}
		out = append(out, nil)
	}
	return out[:len(out)-1]
}

// tellEvery is how often it is said how far a file has come.
const tellEvery = time.Second

// evidenceLine takes the line where it takes a file into evidence.
func (p *place) evidenceLine(line string) (taken bool) {
	f, ok, err := model.ParseEvidenceFile(line)
	if !ok {
		return false
	}
	if err == nil && p.a.o.Collect == nil {
		err = model.Refuse(model.Forbidden, "the files of this machine are not yours to give; from yours: ssh HOST evidence add %s - --name %s < %s", p.view.Short, f.Path, f.Path)
	}
	if err != nil {
		p.refuse(err)
		return true
	}
	p.comp.history.add(line)
	p.saveHistory()
	p.comp.set("")
	p.changed()
	p.collect(f)
	return true
}

// collect reads a file beside the loop, and says how far it has come.
func (p *place) collect(f model.EvidenceFile) {
	a, short, told := p.a, p.view.Short, atomic.Int64{}
	a.tell(model.Safef("%s is being read", f.Path))
	a.jobs.start(func(ctx context.Context) func() {
		piece, err := a.o.Collect(ctx, short, f, func(n, size int64) {
			now := a.o.Clock.Now().UnixNano()
			if now-told.Load() < int64(tellEvery) {
				return
			}
			told.Store(now)
			a.jobs.post(func() { a.tell(model.Safef("%s: %s of %s", f.Path, model.Bytes(n), model.Bytes(size))) })
		})
		return func() {
			if err != nil {
				a.fail(err)
				return
			}
			a.tell(model.Safef("%s is E%d: %s, sha256 %.16s (F7)", f.Path, piece.N, model.Bytes(piece.Size), piece.SHA256))
		}
	})
}
