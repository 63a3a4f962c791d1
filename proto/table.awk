# A table of proto/*.tsv as the rows of a C array: each line's columns as strings, then those of the last line that begins
# with "@".  Empty lines and lines that begin with # are for people.
BEGIN { FS = "\t"; common = "" }
function quoted(text) {
	gsub(/\\/, "\\\\", text)
	gsub(/"/, "\\\"", text)
	return "\"" text "\""
}
/^#/ || /^[ \t]*$/ { next }
$1 == "@" {
	common = ""
	for (i = 2; i <= NF; i++)
		common = common ", " quoted($i)
	next
}
{
	row = quoted($1)
	for (i = 2; i <= NF; i++)
		row = row ", " quoted($i)
	print "\t{ " row common " },"
}
