package report

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"warroom/model"
)

// contact replaces the name of a person outside the room who was notified.
const contact = "a contact"

// fullNames adds the names that people joined with and those given with their roles: each
// in full, and each of its words. Longer names are replaced first.
func (n *masked) fullNames(r *model.Room) {
	full := map[string]string{}
	put := func(name, job, handle string) {
		label := n.handles[handle]
		if label == "" {
			return
		}
		if known := strings.Trim(name+", "+job, ", "); known != "" {
			full[" ("+known+")"] = "" // follows the handle, which is replaced
		}
		if name = strings.TrimSpace(name); len(name) < 3 {
			return
		}
		full[name] = label
		for _, w := range strings.FieldsFunc(name, func(c rune) bool { return !inWord(c) }) {
			if low := strings.ToLower(w); utf8.RuneCountInString(w) > 2 && n.words[low] == "" && !n.isCommon(low) {
				n.words[low] = label
			}
		}
	}
	for _, m := range r.Members {
		put(m.Name, m.Job, m.Handle)
	}
	for _, a := range r.Roles {
		put(a.Name, a.Job, a.Person)
	}
	for _, x := range r.Notices {
		if named(x.Who) && n.handles[x.Who] == "" {
			full[x.Who] = contact
		}
		if !n.authority(r, &x) {
			n.reported[x.Seq] = x.Who
			if x.Undone != nil { // its line has the name too
				n.reported[x.Undone.Seq] = x.Who
			}
		}
	}
	list := make([]string, 0, len(full))
	for name := range full {
		list = append(list, name)
	}
	slices.SortFunc(list, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	var pairs []string
	for _, name := range list {
		pairs = append(pairs, name, full[name])
	}
	n.full = strings.NewReplacer(pairs...)
}

// withKey matches the part of a line that identifies a person's key.
var withKey = regexp.MustCompile(`, (?:with )?key [^\s,;:]+|^key [^\s,;:]+ of `)

// line returns the text of a line with roles instead of people, and without other traces of
// a person. Phrases that would name a role twice are shortened.
func (n *masked) line(l *Line) model.Safe {
	s := n.marked(l)
	kind := model.Kind(l.Kind.String())
	if kind == model.KindKeyAdmitted || kind == model.KindKeyRevoked {
		s = withKey.ReplaceAllStringFunc(s, func(m string) string {
			if strings.HasPrefix(m, ",") {
				return ""
			}
			return "a key of "
		})
	}
	s = n.text(s)
	if who := n.reported[l.Entry]; who != "" {
		s = strings.Replace(s, who, contact, 1)
	}
	switch kind {
	case model.KindRoleAssumed, model.KindRoleRenounced, model.KindRoleConfirmed, model.KindHandoffAccepted,
		model.KindHandoffDeclined:
		isOwn := kind == model.KindRoleConfirmed || strings.HasPrefix(l.Text.String(), l.By.String()+" ")
		for _, label := range n.handles {
			if words, ok := roleWords(s, label, isOwn); ok {
				return model.CleanLine(words)
			}
		}
	}
	return model.CleanLine(s)
}

// roleWords returns a line about a role whose holder is named by that very role, without the
// holder: "the role Scribe was taken". isOwn reports whether the holder wrote it. It reports false
// for any other line.
func roleWords(s, label string, isOwn bool) (string, bool) {
	taken, ended := "was given", "was ended"
	if isOwn {
		taken, ended = "was taken", "was given up"
	}
	for _, f := range [][2]string{
		{label + " is no longer " + label, "the role " + label + " " + ended},
		{label + " is confirmed as " + label, "the role " + label + " was confirmed"},
		{label + " is " + label, "the role " + label + " " + taken},
		{label + " declined " + label, "the role " + label + " was declined"},
		{label + " proposes to take " + label, "taking the role " + label + " was proposed"},
		{label + "'s proposal to take " + label + " ends", "the proposal to take the role " + label + " ended"},
	} {
		if rest, ok := strings.CutPrefix(s, f[0]); ok {
			return f[1] + strings.Replace(rest, ", was ", "; its holder was ", 1), true
		}
	}
	return "", false
}

// authority reports whether a notice names an authority and not a person, as the notice of
// a law does: "DPA".
func (n *masked) authority(r *model.Room, x *model.Notice) bool {
	d := r.Plan.Clock(x.Clock)
	return d != nil && d.Law && !named(x.Who) && n.handles[x.Who] == ""
}

// named reports whether the words look like a person's name: "Mei", "Mei Tanaka", but not
// "DPA" or "the board".
func named(who string) bool {
	words := strings.Fields(who)
	for _, w := range words {
		first, size := utf8.DecodeRuneInString(w)
		if !unicode.IsUpper(first) || w == strings.ToUpper(w) && len(w) > size && !strings.HasSuffix(w, ".") {
			return false
		}
	}
	return len(words) > 0 && len(words) < 5
}

// contact returns who was notified if that is an authority or already a role, and "a
// contact" otherwise.
func (n *masked) contact(who model.Safe) model.Safe {
	s := who.String()
	for _, label := range n.handles {
		if s == label {
			return who
		}
	}
	if words := strings.Fields(s); len(words) == 1 && s == strings.ToUpper(s) {
		return who
	}
	return model.Lit(contact)
}

// inWord reports whether a character can be part of a word or a handle.
func inWord(c rune) bool {
	return unicode.IsLetter(c) || unicode.IsDigit(c) || unicode.IsMark(c) || c == '_' || c == '-'
}

// address matches an e-mail address.
var address = regexp.MustCompile(`[\pL\pN._%+-]+@[\pL\pN-]+(\.[\pL\pN-]+)+`)

// text returns a text with roles instead of people.
func (n *masked) text(s string) string {
	if label, ok := n.handles[s]; ok {
		return label
	}
	s = address.ReplaceAllStringFunc(n.full.Replace(s), n.address)
	var b strings.Builder
	last, before := "", ""
	for i := 0; i < len(s); {
		c, size := utf8.DecodeRuneInString(s[i:])
		if !inWord(c) {
			b.WriteString(s[i : i+size])
			i += size
			continue
		}
		j := i
		for j < len(s) {
			if c, size = utf8.DecodeRuneInString(s[j:]); !inWord(c) {
				break
			}
			j += size
		}
		w, at := s[i:j], i > 0 && s[i-1] == '@'
		label := n.word(w, before, s[:i], s[j:])
		switch out := b.String(); {
		case label == "":
			b.WriteString(w)
		case at:
			b.Reset()
			b.WriteString(strings.TrimSuffix(out, "@"))
			b.WriteString(label)
		case label == last && strings.HasSuffix(out, label+" "): // first and last name
			b.Reset()
			b.WriteString(strings.TrimSuffix(out, " "))
		default:
			b.WriteString(label)
		}
		last, before, i = label, w, j
	}
	return b.String()
}

// word returns the replacement for a word between two parts of a text, or "" to keep it.
func (n *masked) word(w, before, left, right string) string {
	low := strings.ToLower(w)
	at := strings.HasSuffix(left, "@")
	if label, ok := n.handles[low]; ok {
		if !n.isCommon(low) || at || sure(w, before, left, right) {
			return label
		}
		n.unsure = n.unsure || !particles[low]
		return ""
	}
	first, _ := utf8.DecodeRuneInString(w)
	if label := n.words[low]; label != "" && unicode.IsUpper(first) {
		return label
	}
	alone := strings.TrimSuffix(left, "@")
	if c, _ := utf8.DecodeLastRuneInString(alone); at && unicode.IsLower(first) && model.ValidHandle(low) &&
		!inWord(c) &&
		!strings.HasPrefix(right, "/") {
		return "somebody"
	}
	return n.within(w)
}

// within returns a compound word, such as the name of a computer, with the handle in it
// replaced, or "" if it has none.
func (n *masked) within(w string) string {
	parts := strings.FieldsFunc(w, func(c rune) bool { return c == '-' || c == '_' })
	found := false
	for i, p := range parts {
		if label := n.handles[strings.ToLower(p)]; len(parts) > 1 && len(p) > 2 && label != "" &&
			!n.isCommon(strings.ToLower(p)) {
			parts[i], found = label, true
		}
	}
	if !found {
		return ""
	}
	return strings.Join(parts, "-")
}

// sure reports whether a handle that is a common word can only be a handle in its context.
func sure(w, before, left, right string) bool {
	switch before {
	case "by", "from":
		return true
	case "was", "of":
		return right == "" || strings.ContainsRune(",;:.)", rune(right[0]))
	case "in", "since", "until", "last":
		return false // the month
	}
	if strings.HasPrefix(right, "'s") || strings.HasPrefix(right, " is withdrawn") {
		return true
	}
	next, _, _ := strings.Cut(strings.TrimPrefix(right, " "), " ")
	first, _ := utf8.DecodeRuneInString(w)
	begins := strings.TrimRight(left, " ") == "" || strings.HasSuffix(strings.TrimRight(left, " "), ".") ||
		strings.HasSuffix(strings.TrimRight(left, " "), ":")
	number := next != "" && next[0] >= '0' && next[0] <= '9'
	if unicode.IsUpper(first) && !number && (!begins || strings.HasSuffix(next, "ed") || strings.HasSuffix(next,
		"s") || next == "") {
		return true
	}
	if left != "" {
		return false
	}
	for _, verb := range []string{" is ", " may ", " takes ", " does not take ", ", who has no key", " was struck",
		" was revoked", " has the right ", " asks to join"} {
		if strings.HasPrefix(right, verb) {
			return true
		}
	}
	return false
}

// address returns an e-mail address without the name of a person in the room.
func (n *masked) address(s string) string {
	local, domain, _ := strings.Cut(s, "@")
	for _, w := range strings.FieldsFunc(strings.ToLower(local), func(c rune) bool {
		return !unicode.IsLetter(c) &&
			!unicode.IsDigit(c)
	}) {
		label := n.handles[w]
		if label == "" {
			label = n.words[w]
		}
		if label != "" {
			return label + " at " + domain
		}
	}
	return s
}
