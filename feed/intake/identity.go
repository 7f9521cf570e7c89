package intake

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"strconv"
	"strings"
)

// A finding is what it is and where it is. Its line, its column and its commit only
// tell equal findings of one place apart: the first of them has ordinal 0, the next 1,
// so that a moved line makes nothing new and one more of a kind does. A fingerprint of
// a tool is part of what a finding is, and never all of it: some are constant, or are
// those of a whole commit.

// maxSeen is how many findings of a reading are told apart by ordinals. Those
// beyond are told apart by line and column.
const maxSeen = 50_000

// seenAt is the first spot of a finding, and how many spots it has.
type seenAt struct {
	spot uint64
	n    uint32
}

// keys names the finding and its group.
func (w *work) keys(r *raw) {
	a := &r.Alert
	if a.Secret == "" {
		a.Secret = w.markOf(r.secrets)
	}
	source := a.Source
	if w.Source != "" {
		source = w.Source
	}
	if len(r.former) > 0 {
		kind := a.Kind
		if r.wasKind != "" {
			kind = r.wasKind
		}
		a.FormerKey = digest(append([]string{kind, strings.ToLower(source)}, r.former...))
	}
	if r.also != "" {
		a.AlsoKey = digest([]string{"also", w.mark(r.also)})
	}
	w.findingKey(r)
	switch {
	case len(r.group) > 0:
		a.GroupKey = digest(append([]string{"group", a.Kind}, r.group...))
	case a.Secret != "":
		a.GroupKey = digest([]string{"secret", a.Secret})
	default:
		a.GroupKey = digest([]string{"group", a.Kind, strings.ToLower(source), a.Rule})
	}
}

// markOf is the mark of the first secret that the tool did not mask.
func (w *work) markOf(secrets []string) string {
	for _, s := range secrets {
		if !masked(s) {
			return w.mark(s)
		}
	}
	return ""
}

func (w *work) findingKey(r *raw) {
	a := &r.Alert
	tool := r.tool
	if tool == "" {
		tool = toolName(a.Source)
	}
	spot := r.spot
	if spot == nil {
		spot = []string{strconv.Itoa(a.Location.Line), strconv.Itoa(a.Location.Column), a.Location.Commit}
	}
	what, where := r.what, r.where
	if where == nil {
		where = []string{a.Asset.ID, a.Location.URI}
	}
	exact := what == nil && a.Kind == "secret" && a.Secret == "" // masked by its tool: only the place is known
	switch {
	case what != nil:
	case a.Secret != "":
		what = []string{a.Rule, a.Secret}
	default:
		what = []string{a.Rule, a.Title}
	}
	parts := append(append([]string{"finding/2", tool, strconv.Itoa(len(what))}, what...), where...)
	if exact {
		a.FindingKey = digest(append(parts, spot...))
		return
	}
	base := digest(parts)
	switch n, ok := w.ordinal(base, spot); {
	case !ok:
		a.FindingKey = digest(append(parts, spot...))
	case n > 0:
		a.FindingKey = digest([]string{base, strconv.Itoa(int(n))})
	default:
		a.FindingKey = base
	}
}

// ordinal is the number of a spot among those of one finding, in the order in which
// they were read; ok is false beyond what is told apart.
func (w *work) ordinal(base string, spot []string) (n uint32, ok bool) {
	if w.seen == nil {
		w.seen, w.spots = map[uint64]seenAt{}, map[uint64]uint32{}
	}
	key, at := short(base), short(digest(spot))
	s, known := w.seen[key]
	switch {
	case !known:
		if len(w.seen)+len(w.spots) >= maxSeen {
			return 0, false
		}
		w.seen[key] = seenAt{spot: at, n: 1}
		return 0, true
	case s.spot == at:
		return 0, true
	}
	both := key*0x9E3779B97F4A7C15 + at
	if n, known = w.spots[both]; known {
		return n, true
	}
	if len(w.seen)+len(w.spots) >= maxSeen {
		return 0, false
	}
	n = s.n
	w.spots[both] = n
	w.seen[key] = seenAt{spot: s.spot, n: s.n + 1}
	return n, true
}

// short is the first eight bytes of a digest.
func short(digest string) uint64 {
	var b [8]byte
	_, _ = hex.Decode(b[:], []byte(digest[:16])) // it is one
	return binary.LittleEndian.Uint64(b[:])
}

// toolNames are the names under which one tool writes its forms.
var toolNames = map[string]string{
	"semgrep oss":   "semgrep",
	"semgrep pro":   "semgrep",
	"osv-scanner":   "osv",
	"anchore grype": "grype",
}

// toolName is a tool's name for keys, the same in each of its forms.
func toolName(source string) string {
	s := strings.ToLower(strings.TrimSpace(source))
	if t, ok := toolNames[s]; ok {
		return t
	}
	return s
}

// usablePrint returns the fingerprint of a tool where it can tell findings apart.
func usablePrint(s string) string {
	s = strings.TrimSpace(s)
	if len(s) < 8 || strings.ContainsAny(s, " @") || strings.Trim(s, s[:1]) == "" {
		return ""
	}
	return s
}

// blurred is a message without its numbers: they are lines and columns.
func blurred(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			b.WriteByte(s[i])
		} else if i == 0 || s[i-1] < '0' || s[i-1] > '9' {
			b.WriteByte('#')
		}
	}
	return b.String()
}

// digest is a hash of texts, each with its length before it.
func digest(parts []string) string {
	h := sha256.New()
	var b []byte
	for _, p := range parts {
		b = strconv.AppendInt(b[:0], int64(len(p)), 10)
		b = append(b, ':')
		h.Write(append(b, p...))
	}
	var sum [sha256.Size]byte
	return hex.EncodeToString(h.Sum(sum[:0])[:16])
}

// state notes what a source says of the state of a finding.
func (r *raw) state(word string, closed ...string) {
	r.State = strings.ToLower(word)
	for _, c := range closed {
		r.Resolved = r.Resolved || r.State == c
	}
}

// closedStates are the words of sources for a finding with which they are done.
var closedStates = []string{
	"closed",
	"resolved",
	"fixed",
	"dismissed",
	"auto_dismissed",
	"archived",
	"suppressed",
	"revoked",
	"auto-fixed",
	"ignored",
}
