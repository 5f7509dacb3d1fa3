export default function Page() {
  return <h1>transfer</h1>;
}
