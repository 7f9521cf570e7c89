package alerts

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"net/url"
	"strconv"
	"strings"

	"warroom/model"
)

// The identity of a finding is what it is and where it is. Line, column and commit only
// distinguish equal findings in one place: the first of them has ordinal 0, the next 1. A
// moved line thus does not make a finding new, and one more of a kind does. A fingerprint
// of a tool is part of the identity but never all of it: some are constant, or are those of
// a whole commit.

// maxSeen is the max number of findings in a reading that are distinguished by ordinals.
// Those beyond are distinguished by line and column.
const maxSeen = 50_000

// seenAt is the first position of a finding, and the number of its positions.
type seenAt struct {
	position uint64
	n        uint32
}

// keys sets the key of the finding and of its group.
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
		if r.formerKind != "" {
			kind = r.formerKind
		}
		a.FormerKey = digest(append([]string{kind, strings.ToLower(source)}, r.former...))
	}
	w.findingKey(r)
	w.alsoKey(r)
	if r.sender == "" {
		r.sender = repository(w, r)
	}
	if r.sender != "" { // earlier programs did not distinguish senders
		a.FormerKey, a.FindingKey = a.FindingKey, digest([]string{a.FindingKey, "sender", r.sender})
		if a.AlsoKey != "" && !r.isNumbered {
			a.AlsoKey = digest([]string{a.AlsoKey, "sender", r.sender})
		}
	}
	switch {
	case len(r.group) > 0:
		a.GroupKey = digest(append([]string{"group", a.Kind}, r.group...))
	case a.Secret != "":
		a.GroupKey = digest([]string{"secret", a.Secret})
	default:
		a.GroupKey = digest([]string{"group", a.Kind, strings.ToLower(source), a.Rule})
	}
}

// repository returns the name that the sender gave, if a finding is about a file or a package of
// a repository that its input does not name: two repositories may have the same ones. It returns
// "" if the sender gave the name of the tool.
func repository(w *work, r *raw) string {
	a, name := &r.Alert, toolName(w.Source)
	u, err := url.Parse(a.Location.URI)
	isNamed := a.Asset.ID != "" && a.Asset.Type != "file" && a.Asset.Type != "package"
	if isNamed || err != nil || u.IsAbs() || strings.HasPrefix(u.Path, "/") || name == toolName(a.Source) ||
		name == r.tool {
		return ""
	}
	return name
}

// markOf returns the mark of the first secret that the tool did not mask.
func (w *work) markOf(secrets []string) string {
	for _, s := range secrets {
		if !masked(s) {
			return w.mark(s)
		}
	}
	return ""
}

// alsoKey sets the key that the finding has in another form of its tool. Several findings
// may have the same parts in that form; ordinals distinguish them.
func (w *work) alsoKey(r *raw) {
	a := &r.Alert
	switch {
	case r.also != "":
		a.AlsoKey = digest([]string{"also", w.mark(r.also)})
	case r.carried != nil && a.LeftOut != model.LeftPassed: // forms differ in whether they list what passed
		base := digest(append([]string{"also/2"}, r.carried...))
		switch n, ok := w.carried.ordinal(base, []string{a.FindingKey}); {
		case !ok:
		case n > 0:
			a.AlsoKey = digest([]string{base, strconv.Itoa(int(n))})
		default:
			a.AlsoKey = base
		}
	}
}

// numbered sets what an alert of code scanning and the SARIF of its analysis have in common, as
// GitHub returns it. The SARIF that a tool writes has no number.
func (r *raw) numbered(repo, number string) {
	if repo != "" && number != "" {
		r.carried, r.isNumbered = []string{"github-code-scanning", strings.ToLower(repo), number}, true
	}
}

func (w *work) findingKey(r *raw) {
	a := &r.Alert
	tool := r.tool
	if tool == "" {
		tool = toolName(a.Source)
	}
	position := r.position
	if position == nil {
		position = []string{strconv.Itoa(a.Location.Line), strconv.Itoa(a.Location.Column), a.Location.Commit}
		if r.what != nil { // it may omit what distinguishes two findings
			position = append(position, a.Asset.ID)
		}
	}
	what, where := r.what, r.where
	if where == nil {
		where = []string{a.Asset.ID, a.Location.URI}
	}
	exact := what == nil && a.Kind == "secret" && a.Secret == "" // masked by its tool: only the location is known
	switch {
	case what != nil:
	case a.Secret != "":
		what = []string{a.Rule, a.Secret}
	default:
		what = []string{a.Rule, a.Title}
	}
	parts := keyInput(tool, what, where)
	if r.formerWhat != nil {
		a.FormerKey = digest(keyInput(tool, r.formerWhat, r.formerWhere))
	}
	if exact {
		a.FindingKey = digest(append(parts, position...))
		return
	}
	base := digest(parts)
	switch n, ok := w.seen.ordinal(base, position); {
	case !ok:
		a.FindingKey = digest(append(parts, position...))
	case n > 0:
		a.FindingKey = digest([]string{base, strconv.Itoa(int(n))})
	default:
		a.FindingKey = base
	}
}

// keyInput returns what a key is made from.
func keyInput(tool string, what, where []string) []string {
	return append(append([]string{"finding/2", tool, strconv.Itoa(len(what))}, what...), where...)
}

// ordinals numbers the positions of findings that have equal parts.
type ordinals struct {
	first map[uint64]seenAt
	more  map[uint64]uint32
}

// ordinal returns the number of a position among those of one finding, in the order of
// reading. It reports false if there are too many to distinguish.
func (o *ordinals) ordinal(base string, position []string) (n uint32, ok bool) {
	if o.first == nil {
		o.first, o.more = map[uint64]seenAt{}, map[uint64]uint32{}
	}
	key, at := short(base), short(digest(position))
	s, known := o.first[key]
	switch {
	case !known:
		if len(o.first)+len(o.more) >= maxSeen {
			return 0, false
		}
		o.first[key] = seenAt{position: at, n: 1}
		return 0, true
	case s.position == at:
		return 0, true
	}
	both := key*0x9E3779B97F4A7C15 + at
	if n, known = o.more[both]; known {
		return n, true
	}
	if len(o.first)+len(o.more) >= maxSeen {
		return 0, false
	}
	n = s.n
	o.more[both] = n
	o.first[key] = seenAt{position: s.position, n: s.n + 1}
	return n, true
}

// short returns the first eight bytes of a digest.
func short(digest string) uint64 {
	var b [8]byte
	_, _ = hex.Decode(b[:], []byte(digest[:16])) // a digest is valid hexadecimal
	return binary.LittleEndian.Uint64(b[:])
}

// toolNames maps the names that a tool uses in its forms.
var toolNames = map[string]string{
	"semgrep oss":   "semgrep",
	"semgrep pro":   "semgrep",
	"osv-scanner":   "osv",
	"anchore grype": "grype",
}

// toolName returns a tool's name for keys, the same for each of its forms.
func toolName(source string) string {
	s := strings.ToLower(strings.TrimSpace(source))
	if t, ok := toolNames[s]; ok {
		return t
	}
	return s
}

// usablePrint returns a tool's fingerprint if it can distinguish findings, or else "".
func usablePrint(s string) string {
	s = strings.TrimSpace(s)
	if len(s) < 8 || strings.ContainsAny(s, " @") || strings.Trim(s, s[:1]) == "" {
		return ""
	}
	return s
}

// blurred returns a message without its numbers, which are lines and columns.
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

// digest returns a hash of texts, each prefixed with its length.
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

// state sets the state of a finding from a source's word.
func (r *raw) state(word string, closed ...string) {
	r.State = strings.ToLower(word)
	for _, c := range closed {
		r.Resolved = r.Resolved || r.State == c
	}
}

// closedStates are the words of sources for closed findings.
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
