export const ViewerPage = () => null
