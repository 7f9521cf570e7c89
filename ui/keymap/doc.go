// Package keymap is a key table. A [Table] has a row, a [Binding], for each key: its
// scopes, its action on a T, why the action is not possible now, and its texts for help
// and the bottom line. Help and the bottom line are generated from the table.
//
//	rows := []keymap.Binding[*Counter]{
//		{In: keymap.InPage, On: keymap.Runes('+'), Key: model.Lit("+"), Name: model.Lit("more"),
//			Help: model.Lit("count one"), Do: (*Counter).Up},
//	}
//	t := keymap.Table[*Counter]{Rows: rows, Of: counter}
//	why, ok := t.Press(ev, keymap.InPage)
//
// Each part of a screen has the rows for its own type. [Lift] converts them to rows for
// the type that contains the part.
package keymap
