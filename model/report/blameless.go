package report

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"warroom/model"
)

// blameless is the report in which roles stand for people. Events are all that it
// was made of. Whoever held several roles is called by the first of the plan;
// several people of one role are numbered.
func (d Report) blameless(events []*model.Event) Report {
	n := namer(events)
	out := n.value(reflect.ValueOf(d)).Interface().(Report) // it is the same type
	out.Blameless = true
	for i := range out.Roles {
		out.Roles[i].Person = out.Roles[i].Handle
	}
	return out
}

// masked are people and what stands for them.
type masked struct {
	handles map[string]string // to the name of a role
	names   []string          // full names and what stands for them, in turns, for a replacer
	full    *strings.Replacer
}

// commonWords are handles that are words too: they are replaced only where they
// can be nothing else.
var commonWords = map[string]bool{"an": true, "as": true, "at": true, "be": true, "by": true, "do": true,
	"go": true, "he": true, "in": true, "is": true, "it": true,
	"me": true, "no": true, "of": true, "on": true, "or": true, "so": true, "to": true, "up": true, "us": true, "we": true, "will": true, "may": true, "mark": true,
	"art": true, "bill": true, "rob": true, "sue": true, "pat": true, "grant": true, "drew": true, "jack": true, "max": true, "ray": true, "dawn": true, "hope": true,
	"faith": true, "grace": true, "joy": true, "rose": true, "miles": true, "frank": true, "root": true, "admin": true, "user": true, "test": true, "security": true}

// namer finds everybody in a log, and what stands for each.
func namer(events []*model.Event) *masked {
	r := model.NewRoom()
	var order []string
	add := func(h string) {
		if h != "" && h != "hub" && model.ValidHandle(h) && !slices.Contains(order, h) {
			order = append(order, h)
		}
	}
	for _, e := range events {
		r = model.Apply(r, e)
		add(e.By)
	}
	var people []string
	for _, m := range r.Members {
		if !m.Hub {
			people = append(people, m.Handle)
		}
	}
	for _, a := range r.Roles {
		people = append(people, a.Person)
	}
	for _, f := range r.Followups {
		people = append(people, f.Owner)
	}
	for i := range r.Items {
		people = append(people, r.Items[i].Owner)
	}
	for _, a := range r.Asks {
		people = append(people, a.To)
	}
	slices.Sort(people)
	for _, h := range people {
		add(h)
	}
	n := &masked{handles: labels(r, order)}
	n.fullNames(r)
	return n
}

// labels are the names of roles for people.
func labels(r *model.Room, order []string) map[string]string {
	base, count := map[string]string{}, map[string]int{}
	for _, h := range order {
		base[h] = "Responder"
		if r.Plan == nil {
			continue
		}
		for _, d := range r.Plan.Roles {
			if slices.ContainsFunc(r.Roles, func(a model.Assignment) bool {
				return a.Role == d.ID &&
					a.Person == h
			}) {
				base[h] = d.Label
				break
			}
		}
		count[base[h]]++
	}
	out, seen := map[string]string{}, map[string]int{}
	for _, h := range order {
		b := base[h]
		seen[b]++
		out[h] = b
		if count[b] > 1 {
			out[h] = fmt.Sprintf("%s %d", b, seen[b])
		}
	}
	return out
}

// fullNames are the names with which people came, and those that were given with
// their roles. The longest is replaced first.
func (n *masked) fullNames(r *model.Room) {
	full := map[string]string{}
	put := func(name, handle string) {
		if name = strings.TrimSpace(name); len(name) > 2 && n.handles[handle] != "" {
			full[name] = n.handles[handle]
		}
	}
	for _, m := range r.Members {
		put(m.Name, m.Handle)
	}
	for _, a := range r.Roles {
		put(a.Name, a.Person)
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
	for _, name := range list {
		n.names = append(n.names, name, full[name])
	}
	n.full = strings.NewReplacer(n.names...)
}

// text is a text in which roles stand for people.
func (n *masked) text(s string) string {
	if label, ok := n.handles[s]; ok {
		return label
	}
	s = n.full.Replace(s)
	var b strings.Builder
	word := func(c byte) bool {
		return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-'
	}
	for i, before := 0, ""; i < len(s); {
		if !word(s[i]) {
			b.WriteByte(s[i])
			i++
			continue
		}
		j := i
		for j < len(s) && word(s[j]) {
			j++
		}
		w := s[i:j]
		at := i > 0 && s[i-1] == '@'
		inWord := i > 0 && s[i-1] >= 0x80 || j < len(s) && s[j] >= 0x80 // a part of a word of another script
		label, ok := n.handles[strings.ToLower(w)]
		sure := at || before == "by" || before == "from" || strings.HasPrefix(s[j:], "'s word")
		switch {
		case !ok || inWord || commonWords[strings.ToLower(w)] && !sure:
			b.WriteString(w)
		case at:
			t := b.String()
			b.Reset()
			b.WriteString(t[:len(t)-1])
			b.WriteString(label)
		default:
			b.WriteString(label)
		}
		before, i = w, j
	}
	return b.String()
}

// value is a copy of a value in which roles stand for people.
func (n *masked) value(v reflect.Value) reflect.Value {
	switch s := v.Interface().(type) {
	case model.Safe:
		return reflect.ValueOf(model.CleanLine(n.text(s.String())))
	case time.Time:
		return v
	}
	switch v.Kind() {
	case reflect.Struct:
		out := reflect.New(v.Type()).Elem()
		out.Set(v)
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() && v.Field(i).Kind() != reflect.String {
				out.Field(i).Set(n.value(v.Field(i)))
			}
		}
		return out
	case reflect.Slice:
		if v.IsNil() {
			return v
		}
		out := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		for i := range v.Len() {
			out.Index(i).Set(n.value(v.Index(i)))
		}
		return out
	case reflect.Pointer:
		if v.IsNil() {
			return v
		}
		out := reflect.New(v.Type().Elem())
		out.Elem().Set(n.value(v.Elem()))
		return out
	case reflect.String:
		if label, ok := n.handles[v.String()]; ok {
			return reflect.ValueOf(label).Convert(v.Type())
		}
	}
	return v
}
