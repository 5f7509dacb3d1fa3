export default function Page() {
  return <h1>calendar</h1>;
}
