package report

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"warroom/model"
)

// blameless returns the report with roles instead of people. Events are all events that the
// report was made from. A person with several roles is named by the first one in the order
// of the plan; several people with the same role are numbered.
func (d Report) blameless(events []*model.Event) Report {
	n := namer(events)
	out := n.value(reflect.ValueOf(d)).Interface().(Report) // it has the same type
	out.Blameless = true
	for i := range out.Roles {
		out.Roles[i].Person = out.Roles[i].Handle
	}
	for i, x := range out.Notices {
		if !x.Update {
			out.Notices[i].Who = n.contact(x.Who)
		}
	}
	for _, list := range [][2][]Line{{d.Timeline, out.Timeline}, {d.Decisions, out.Decisions},
		{d.Handoffs, out.Handoffs}, {d.Evidence.Notes, out.Evidence.Notes}} {
		for i := range list[0] {
			list[1][i].Text = n.line(&list[0][i])
			e := list[0][i].Entry
			if !slices.Contains(out.NamesLeft, e) && n.isUnsure(e) {
				out.NamesLeft = append(out.NamesLeft, e)
			}
		}
	}
	slices.Sort(out.NamesLeft)
	return out
}

// masked are the people of a log and what replaces their names.
type masked struct {
	handles  map[string]string // to the label of a role
	full     *strings.Replacer // full names, and what a role adds to a name in parentheses
	words    map[string]string // the words of full names in lower case, to the label of a role
	reported map[uint64]string // who was notified, by the entry of the notice, or of its retraction
	plan     map[string]bool   // the words of the plan
	about    map[uint64]about  // the people in the fields of events, by entry
	unsure   bool              // a word was kept that can be a handle
	events   map[uint64]*model.Event
}

// namer finds all people in a log, and what replaces each name.
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
	for _, x := range r.Exports {
		people = append(people, x.By)
	}
	for i := range r.Items {
		people = append(people, r.Items[i].Owner)
	}
	for _, a := range r.Asks {
		people = append(people, a.To)
	}
	for i := range r.Polls {
		people = append(people, r.Polls[i].Executes)
	}
	slices.Sort(people)
	for _, h := range people {
		add(h)
	}
	n := &masked{handles: labels(r, order), words: map[string]string{}, reported: map[uint64]string{},
		plan: planWords(r.Plan), about: map[uint64]about{}, events: map[uint64]*model.Event{}}
	n.fullNames(r)
	for h := range n.handles {
		if n.isCommon(h) { // else every handle is replaced wherever it stands
			for _, e := range events {
				n.events[e.Seq] = e
				n.subjects(e)
			}
			break
		}
	}
	return n
}

// labels returns the role labels that replace handles.
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

// value returns a copy of a value with roles instead of people.
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
