package roomindex

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"time"

	"warroom/feed/hubapi"
	"warroom/model"
)

// form is the version of the encoding. Rows of another form, or of another fold version,
// are folded again from the logs.
const form = 2

// errForm is returned for rows that this program cannot read.
var errForm = errors.New("the rows are of another version, or damaged")

// coder appends numbers, texts and times to a buffer.
type coder struct{ b []byte }

func (c *coder) uint(n uint64)  { c.b = binary.AppendUvarint(c.b, n) }
func (c *coder) text(s string)  { c.uint(uint64(len(s))); c.b = append(c.b, s...) }
func (c *coder) bytes(s []byte) { c.uint(uint64(len(s))); c.b = append(c.b, s...) }

// time writes a time to the nanosecond, in UTC.
func (c *coder) time(t time.Time) {
	if t.IsZero() {
		c.uint(0)
		return
	}
	sec := t.Unix()
	if sec >= 0 {
		sec++ // 0 is no time
	}
	c.b = binary.AppendVarint(c.b, sec)
	c.uint(uint64(t.Nanosecond()))
}

func (c *coder) texts(list []string) {
	c.uint(uint64(len(list)))
	for _, s := range list {
		c.text(s)
	}
}

// decoder reads the output of a coder. After the first fault it returns only zeros. The
// texts that it returns are parts of one string.
type decoder struct {
	s   string
	bad bool
}

func (d *decoder) uint() uint64 {
	var n uint64
	for i := 0; i < len(d.s) && i < binary.MaxVarintLen64; i++ {
		b := d.s[i]
		n |= uint64(b&0x7f) << (7 * i)
		if b < 0x80 {
			d.s = d.s[i+1:]
			return n
		}
	}
	d.bad, d.s = true, ""
	return 0
}

func (d *decoder) int() int64 {
	n := d.uint()
	return int64(n>>1) ^ -int64(n&1)
}

func (d *decoder) text() string {
	n := d.uint()
	if n > uint64(len(d.s)) {
		d.bad, d.s = true, ""
		return ""
	}
	out := d.s[:n]
	d.s = d.s[n:]
	return out
}

func (d *decoder) time() time.Time {
	sec := d.int()
	switch {
	case sec == 0:
		return time.Time{}
	case sec > 0:
		sec--
	}
	return time.Unix(sec, int64(d.uint())).UTC()
}

// count reads the number of elements that follow, each of which has at least one byte.
func (d *decoder) count() int {
	n := d.uint()
	if n > uint64(len(d.s)) {
		d.bad, d.s = true, ""
		return 0
	}
	return int(n)
}

func (d *decoder) texts() (out []string) {
	for range d.count() {
		out = append(out, d.text())
	}
	return out
}

// rest has the fields that usually only open rooms have.
type rest struct {
	Clocks   []model.ClockRun        `json:"clocks,omitempty"`
	Asks     []*model.Ask            `json:"asks,omitempty"`
	Alerts   []model.RoomAlert       `json:"alerts,omitempty"`
	Members  map[string]model.Member `json:"members,omitempty"`
	Channels []model.Channel         `json:"channels,omitempty"`
}

// The flags of a row.
const (
	isDrill = 1 << iota
	isLobby
	isRestrictedByStream
	hasRest
	hasReport
)

// encodeRow writes a row, with the number of its plan.
func encodeRow(row *Row) string {
	r := row.Room
	more := rest{Clocks: r.Clocks, Asks: r.Asks, Alerts: r.Alerts, Members: r.Members, Channels: r.Channels}
	raw, err := json.Marshal(more)
	if err != nil || string(raw) == "{}" {
		raw = nil // its content was read from JSON
	}
	var flags uint64
	for bit, is := range map[uint64]bool{isDrill: r.Drill, isLobby: r.Lobby,
		isRestrictedByStream: row.Access.Restricted, hasRest: raw != nil, hasReport: len(r.Evidence) > 0} {
		if is {
			flags |= bit
		}
	}
	c := &coder{}
	c.uint(flags)
	c.text(row.Short)
	c.uint(row.Tip)
	c.time(row.At)
	c.texts(row.Access.Readers)
	c.texts(row.Access.Revoked)
	c.uint(row.plan)
	c.uint(r.Seq)
	for _, s := range []string{r.ID, r.Title, r.Kind, r.Severity, r.Criterion, string(r.Status), r.DeclaredBy,
		r.Phase} {
		c.text(s)
	}
	c.time(r.RecordedAt)
	c.time(r.DeclaredAt)
	c.texts(r.Restricted)
	c.texts(slices.Sorted(maps.Keys(r.Rulings)))
	encodeSpans(c, r)
	if raw != nil {
		c.bytes(raw)
	}
	return string(c.b)
}

// encodeSpans writes phases, statuses, severities and roles with their times.
func encodeSpans(c *coder, r *model.Room) {
	c.uint(uint64(len(r.States)))
	for _, s := range r.States {
		c.text(string(s.Status))
		c.time(s.At)
	}
	c.uint(uint64(len(r.Phases)))
	for _, s := range r.Phases {
		c.text(s.Phase)
		c.time(s.From)
	}
	c.uint(uint64(len(r.Milestones)))
	for _, id := range slices.Sorted(maps.Keys(r.Milestones)) {
		m := r.Milestones[id]
		c.text(id)
		c.time(m.At)
		c.time(m.RecordedAt)
		c.uint(map[bool]uint64{true: 1}[m.NA])
	}
	c.uint(uint64(len(r.Roles)))
	for _, a := range r.Roles {
		c.text(a.Role)
		c.text(a.Person)
	}
	c.uint(uint64(len(r.Updates)))
	for _, id := range slices.Sorted(maps.Keys(r.Updates)) {
		c.text(id)
		c.time(r.Updates[id].At)
	}
	c.uint(uint64(len(r.Related)))
	for _, x := range r.Related {
		c.related(x)
	}
	c.uint(uint64(len(r.Unrelated)))
	for _, x := range r.Unrelated {
		c.related(x.Related)
	}
}

func (c *coder) related(x model.Related) {
	c.text(x.Room)
	c.text(x.RoomID)
	c.text(x.Relation)
}

// decodeRow reads one row. Its plan is one of those that were read before.
func decodeRow(d *decoder, byNumber map[uint64]planEntry) *Row {
	begin := d.s
	flags := d.uint()
	row := &Row{Short: d.text(), Tip: d.uint(), At: d.time()}
	row.Access = hubapi.Access{Restricted: flags&isRestrictedByStream != 0, Readers: d.texts(), Revoked: d.texts()}
	row.plan = d.uint()
	e := byNumber[row.plan]
	r := &model.Room{Fold: model.FoldVersion, Drill: flags&isDrill != 0, Lobby: flags&isLobby != 0, Plan: e.plan,
		PlanSum: e.sum, Seq: d.uint(), ID: d.text(), Title: d.text(), Kind: d.text(), Severity: d.text(),
		Criterion: d.text(), Status: model.Status(d.text()), DeclaredBy: d.text(), Phase: d.text(),
		RecordedAt: d.time(), DeclaredAt: d.time(), Restricted: d.texts()}
	for _, handle := range d.texts() {
		if r.Rulings == nil {
			r.Rulings = map[string]model.Ruling{}
		}
		r.Rulings[handle] = model.Ruling{Revoked: true}
	}
	decodeSpans(d, r)
	if flags&hasReport != 0 {
		r.Evidence = []model.EvidenceItem{{EvidenceAbout: model.EvidenceAbout{Report: true}, Done: 1}}
	}
	if flags&hasRest != 0 {
		var more rest
		if json.Unmarshal([]byte(d.text()), &more) != nil {
			d.bad = true
		}
		r.Clocks, r.Asks, r.Alerts, r.Members, r.Channels = more.Clocks, more.Asks, more.Alerts, more.Members,
			more.Channels
	}
	row.Room, row.encoded = r, begin[:len(begin)-len(d.s)]
	return row
}

// decodeSpans reads the output of encodeSpans.
func decodeSpans(d *decoder, r *model.Room) {
	r.States = list[model.StatusSpan](d)
	for i := range r.States {
		r.States[i] = model.StatusSpan{Status: model.Status(d.text()), At: d.time()}
	}
	r.Phases = list[model.PhaseSpan](d)
	for i := range r.Phases {
		r.Phases[i] = model.PhaseSpan{Phase: d.text(), From: d.time()}
	}
	if n := d.count(); n > 0 {
		r.Milestones = make(map[string]model.Milestone, n)
		for range n {
			r.Milestones[d.text()] = model.Milestone{At: d.time(), RecordedAt: d.time(), NA: d.uint() != 0}
		}
	}
	r.Roles = list[model.Assignment](d)
	for i := range r.Roles {
		r.Roles[i] = model.Assignment{Role: d.text(), Person: d.text()}
	}
	if n := d.count(); n > 0 {
		r.Updates = make(map[string]model.LastUpdate, n)
		for range n {
			r.Updates[d.text()] = model.LastUpdate{At: d.time()}
		}
	}
	r.Related = list[model.Related](d)
	for i := range r.Related {
		r.Related[i] = d.related()
	}
	r.Unrelated = list[model.Unrelated](d)
	for i := range r.Unrelated {
		r.Unrelated[i] = model.Unrelated{Related: d.related()}
	}
}

func (d *decoder) related() model.Related {
	return model.Related{Room: d.text(), RoomID: d.text(), Relation: d.text()}
}

// list reads the number of elements that follow, and allocates a list for them; nil for an
// empty one.
func list[T any](d *decoder) []T {
	n := d.count()
	if n == 0 || n > maxList {
		d.bad = d.bad || n > 0
		return nil
	}
	return make([]T, n)
}

// maxList is the maximum number of elements, such as phases or roles, in one list of a
// room.
const maxList = 10_000
